<?php
// The session handler of CodeIgniter without the framework around it.

namespace Config {
    /** The application's configuration. */
    class App extends \stdClass
    {
    }
}

namespace {
    error_reporting(E_ALL & ~E_DEPRECATED);
    require_once 'Psr/Log/autoload.php';
    spl_autoload_register(function (string $class): void {
        $system = __DIR__ . '/../node/node_modules/codeigniter4/system/';
        $file = $system . str_replace('\\', '/', substr($class, strlen('CodeIgniter\\'))) . '.php';
        if (str_starts_with($class, 'CodeIgniter\\') && is_file($file)) {
            require $file;
        }
    });

    function codeIgniter(int $lifetime, int $port): SessionHandlerInterface
    {
        $config = new Config\App();
        $config->cookiePrefix = '';
        $config->cookieDomain = '';
        $config->cookiePath = '/';
        $config->cookieSecure = false;
        $config->sessionCookieName = 'ci_session';
        $config->sessionMatchIP = false;
        $config->sessionSavePath = "tcp://127.0.0.1:$port?timeout=2.5";
        $config->sessionExpiration = $lifetime;
        $handler = new CodeIgniter\Session\Handlers\RedisHandler($config, '127.0.0.1');
        $handler->setLogger(new Psr\Log\NullLogger());
        return $handler;
    }
}
