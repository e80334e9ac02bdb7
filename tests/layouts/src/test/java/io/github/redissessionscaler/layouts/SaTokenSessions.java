package io.github.redissessionscaler.layouts;

import cn.dev33.satoken.SaManager;
import cn.dev33.satoken.config.SaTokenConfig;
import cn.dev33.satoken.dao.SaTokenDaoForRedisTemplate;
import cn.dev33.satoken.serializer.impl.SaSerializerTemplateForJdkUseBase64;
import cn.dev33.satoken.stp.StpLogic;
import cn.dev33.satoken.stp.parameter.SaLoginParameter;
import java.time.Duration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Sa-Token with its module for Redis. One at a time: its configuration is static. */
final class SaTokenSessions implements SessionLibrary {

    private final LettuceConnectionFactory connections;
    private final StpLogic logic;

    SaTokenSessions(int port, String tokenName, String loginType) {
        connections = SpringSessions.connect(port);
        var redis = new SaTokenDaoForRedisTemplate();
        redis.init(connections);
        SaManager.setConfig(new SaTokenConfig().setTokenName(tokenName).setIsPrint(false));
        SaManager.setSaTokenDao(redis);
        SaManager.setSaSerializerTemplate(new SaSerializerTemplateForJdkUseBase64());
        logic = new StpLogic(loginType);
    }

    @Override
    public String login(String user, Duration timeout) {
        return logic.createLoginSession(user, new SaLoginParameter().setTimeout(timeout.toSeconds()));
    }

    /** Sa-Token changes no token, so the user gets another one. */
    @Override
    public String rotate(String id) {
        String user = logic.getLoginIdByToken(id).toString();
        logout(id);
        return login(user, Duration.ofMinutes(30));
    }

    @Override
    public void logout(String id) {
        logic.logoutByTokenValue(id);
    }

    @Override
    public boolean isAlive(String id) {
        return logic.getLoginIdByToken(id) != null;
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
