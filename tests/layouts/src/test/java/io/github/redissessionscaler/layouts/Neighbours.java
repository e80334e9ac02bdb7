package io.github.redissessionscaler.layouts;

import io.github.redissessionscaler.testing.RedisServer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** What an application keeps beside its sessions. */
enum Neighbours {
    /** Locks and caches, some of them with a time to live. */
    ANY(SetParams.setParams().ex(1_800)),
    /** Only such as have no time to live. */
    ENDLESS(SetParams.setParams());

    private final SetParams life;

    Neighbours(SetParams life) {
        this.life = life;
    }

    void putInto(RedisServer redis) {
        try (Jedis jedis = redis.connect();
                Pipeline pipeline = jedis.pipelined()) {
            for (int i = 0; i < 200; i++) {
                pipeline.set("cache:page:" + i, "html", life);
                pipeline.set("lock:order:" + i, "owner", life);
                pipeline.set("spring:session:lock:" + i, "owner", life);
                pipeline.set("statistics:session:" + i, "1");
                pipeline.hset("user:" + i, "name", "x");
                pipeline.sadd("roles:" + i, "admin");
            }
            pipeline.rpush("jobs", "a", "b");
            pipeline.sync();
        }
    }
}
