<?php
// Logs users in and out of an application that keeps its sessions in Redis by Laravel's redis session driver.
// usage: php laravel.php laravel PORT; the last line that it prints is the number of sessions that live.

use Illuminate\Cache\RateLimiter;
use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository;
use Illuminate\Container\Container;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Redis\RedisManager;
use Illuminate\Routing\Middleware\ThrottleRequests;
use Illuminate\Routing\Route;
use Illuminate\Session\CacheBasedSessionHandler;
use Illuminate\Session\Store;

require_once 'Illuminate/autoload.php';

[, , $port] = $argv;
const SHORT = 1;
const LONG = 1800;

$connections = new RedisManager(new Container(), 'phpredis', [
    'options' => ['prefix' => 'laravel_database_'],
    'default' => ['host' => '127.0.0.1', 'port' => $port, 'database' => 0],
]);
$cache = new Repository(new RedisStore($connections, 'laravel_cache'));

/** The session with this id, or a new one. */
function session(int $lifetime, ?string $id = null): Store
{
    global $cache;
    $session = new Store('laravel_session', new CacheBasedSessionHandler($cache, $lifetime / 60), $id);
    $session->start();
    return $session;
}

function login(string $user, int $lifetime): string
{
    $session = session($lifetime);
    $session->put('user', $user);
    $session->save();
    return $session->getId();
}

function rotate(string $id): string
{
    $session = session(LONG, $id);
    $session->migrate(true);
    $session->save();
    return $session->getId();
}

function logout(string $id): void
{
    session(LONG, $id)->invalidate();
}

function isAlive(string $id): bool
{
    return session(LONG, $id)->has('user');
}

/** Counts the requests of 50 addresses, as the middleware of routes does, under names of 40 characters. */
function throttle(): void
{
    global $cache;
    $middleware = new ThrottleRequests(new RateLimiter($cache));
    for ($i = 0; $i < 50; $i++) {
        $request = Request::create('/', 'GET', [], [], [], ['REMOTE_ADDR' => "10.0.0.$i"]);
        $request->setUserResolver(fn () => null);
        $request->setRouteResolver(fn () => new Route('GET', '/', fn () => ''));
        $middleware->handle($request, fn () => new Response());
    }
}

throttle();
require __DIR__ . '/scenario.php';
echo $alive, "\n";
