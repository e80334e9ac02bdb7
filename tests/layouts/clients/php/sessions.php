<?php
// Logs users in and out of an application that keeps its sessions in Redis by the library that is named.
// usage: php sessions.php LIBRARY PORT; the last line that it prints is the number of sessions that live.

[, $library, $port] = $argv;
const SHORT = 1;
const LONG = 1800;

ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
ini_set('session.use_strict_mode', '0');
ini_set('session.gc_probability', '0');

function begin(int $lifetime, string $id): void
{
    global $library, $port;
    if ($library === 'phpredis') {
        ini_set('session.save_handler', 'redis');
        ini_set('session.save_path', "tcp://127.0.0.1:$port");
        ini_set('session.gc_maxlifetime', (string) $lifetime);
        ini_set('redis.session.locking_enabled', '1');
    } elseif ($library === 'codeigniter') {
        require_once __DIR__ . '/codeigniter.php';
        session_set_save_handler(codeIgniter($lifetime, (int) $port), false);
    } elseif ($library === 'predis') {
        require_once 'Predis/autoload.php';
        $client = new Predis\Client("tcp://127.0.0.1:$port", ['prefix' => 'shop:sessions:']);
        (new Predis\Session\Handler($client, ['gc_maxlifetime' => $lifetime]))->register();
    } else {
        $redis = new Redis();
        $redis->pconnect('127.0.0.1', (int) $port);
        require_once 'Symfony/Component/HttpFoundation/autoload.php';
        session_set_save_handler(
            new Symfony\Component\HttpFoundation\Session\Storage\Handler\RedisSessionHandler(
                $redis,
                ['ttl' => $lifetime],
            ),
            false,
        );
    }
    session_id($id === '' ? session_create_id() : $id);
    session_start();
}

function login(string $user, int $lifetime): string
{
    begin($lifetime, '');
    $_SESSION['user'] = $user;
    session_write_close();
    return session_id();
}

function rotate(string $id): string
{
    begin(LONG, $id);
    session_regenerate_id(true);
    session_write_close();
    return session_id();
}

function logout(string $id): void
{
    begin(LONG, $id);
    session_destroy();
}

function isAlive(string $id): bool
{
    begin(LONG, $id);
    $alive = isset($_SESSION['user']);
    $alive ? session_abort() : session_destroy();
    return $alive;
}

require __DIR__ . '/scenario.php';
// A request that is killed leaves its lock behind.
begin(LONG, $users[0]);
echo $alive, "\n";
exec('kill -9 ' . getmypid());
