package io.github.redissessionscaler.push;

import java.time.Duration;

/**
 * When things are pushed.
 *
 * @param heartbeat how long after its last message an active stream repeats it
 * @param pollMin how often, at most, Redis is asked while no keyspace events come
 * @param pollMax how often, at least, Redis is asked, events or not
 * @param answerTimeout how long one read may take
 */
public record PushSettings(Duration heartbeat, Duration pollMin, Duration pollMax, Duration answerTimeout) {}
