// Logs users in and out, over HTTP, of an application that keeps its sessions in Redis by the library that is named.
// usage: node sessions.js LIBRARY PORT; the last line that it prints is the number of sessions that live.
import {RedisStore} from 'connect-redis';
import express from 'express';
import session from 'express-session';
import Koa from 'koa';
import genericSession from 'koa-generic-session';
import koaRedis from 'koa-redis';
import koaSession from 'koa-session';
import {createClient} from 'redis';

const [library, redisPort] = process.argv.slice(2);
const redis = {host: '127.0.0.1', port: Number(redisPort)};
const SHORT = 1_000;
const LONG = 30 * 60_000;

const applications = {
  'express-session': async maxAge => {
    const client = createClient({socket: redis});
    await client.connect();
    const app = express();
    app.use(session({
      store: new RedisStore({client}),
      secret: 'x',
      resave: false,
      saveUninitialized: false,
      cookie: {maxAge}
    }));
    app.get('/login', (request, response) => {
      request.session.user = request.query.user;
      response.end();
    });
    app.get('/rotate', (request, response) => {
      const {user} = request.session;
      request.session.regenerate(() => {
        request.session.user = user;
        response.end();
      });
    });
    app.get('/logout', (request, response) => request.session.destroy(() => response.end()));
    app.get('/user', (request, response) => response.end(request.session.user ?? ''));
    return app;
  },
  'koa-generic-session': async maxAge => {
    const app = new Koa();
    app.keys = ['x'];
    // Signed, its cookie would not survive another id.
    app.use(genericSession({store: koaRedis(redis), ttl: maxAge, cookie: {signed: false}}));
    return answering(app, async context => {
      const {user} = context.session;
      await context.regenerateSession();
      // It saves nothing that is equal to what it read.
      context.session = {user, since: Date.now()};
    });
  },
  'koa-session': async maxAge => {
    const app = new Koa();
    app.keys = ['x'];
    app.use(koaSession({store: koaRedis(redis), maxAge, prefix: 'shop:'}, app));
    return answering(app, async context => context.session.regenerate());
  }
};

function answering(app, rotate) {
  app.use(async context => {
    context.body = '';
    switch (context.path) {
      case '/login':
        context.session.user = context.query.user;
        break;
      case '/rotate':
        await rotate(context);
        break;
      case '/logout':
        context.session = null;
        break;
      default:
        context.body = context.session?.user ?? '';
    }
  });
  return app;
}

async function serve(maxAge) {
  const app = await applications[library](maxAge);
  return new Promise(listening => {
    const server = app.listen(0, '127.0.0.1', () => listening(`http://127.0.0.1:${server.address().port}`));
  });
}

// A browser: it remembers the cookies of one user.
class Browser {
  #cookies = new Map();

  constructor(application) {
    this.application = application;
  }

  async get(path) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.application + path, {headers: {cookie}});
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      this.#cookies.set(name, value);
    }
    return response.text();
  }
}

async function login(application, user) {
  const browser = new Browser(application);
  await browser.get('/login?user=' + user);
  return browser;
}

const visitorsOf = await serve(SHORT);
const usersOf = await serve(LONG);
const visitors = [];
for (let i = 0; i < 80; i++) {
  visitors.push(await login(visitorsOf, 'visitor-' + i));
}
const users = [];
for (let i = 0; i < 420; i++) {
  users.push(await login(usersOf, 'user-' + i));
}
for (const user of users.splice(0, 120)) {
  await user.get('/logout');
}
for (const user of users.slice(0, 30)) {
  await user.get('/rotate');
}
await new Promise(resolve => setTimeout(resolve, SHORT + 100));
let alive = 0;
for (const user of [...visitors, ...users]) {
  alive += await user.get('/user') === '' ? 0 : 1;
}
console.log(alive);
process.exit(0);
