# Logs users in and out, by requests to an application that keeps its sessions in Redis by the library that is named.
# usage: ruby sessions.rb LIBRARY PORT; the last line that it prints is the number of sessions that live.
require 'rack'
require 'rack/mock'

LIBRARY, PORT = ARGV
SHORT = 1
LONG = 1800

def application(lifetime)
  answer = lambda do |env|
    request = Rack::Request.new(env)
    session = request.session
    case request.path_info
    when '/login' then session['user'] = request.params['user']
    when '/rotate' then session.options[:renew] = true
    when '/logout' then log_out(session)
    end
    [200, {}, [(session['user'] || session['guest']).to_s]]
  end
  Rack::MockRequest.new(send(LIBRARY.tr('-', '_'), answer, lifetime))
end

# As reset_session of Rails does it, after which the visitor has a new session.
def log_out(session)
  return session.options[:drop] = true unless LIBRARY == 'rails'

  session.destroy
  session['guest'] = true
end

# The library of GitLab's sessions too, with this namespace.
def gitlab(application, lifetime)
  redis_rack(application, lifetime, 'session:gitlab')
end

def redis_rack(application, lifetime, namespace = 'rack:session')
  require 'rack/session/redis'
  server = "redis://127.0.0.1:#{PORT}/0/#{namespace}"
  Rack::Session::Redis.new(application, redis_server: server, expire_after: lifetime)
end

def rails(application, lifetime)
  require 'action_dispatch'
  require 'active_support/cache/redis_cache_store'
  cache = ActiveSupport::Cache::RedisCacheStore.new(url: "redis://127.0.0.1:#{PORT}/0", namespace: 'shop')
  store = ActionDispatch::Session::CacheStore.new(
    application, cache: cache, key: '_session_id', expire_after: lifetime
  )
  ActionDispatch::Cookies.new(store)
end

# A user: remembers the cookie.
class User
  def initialize(application, name)
    @application = application
    get("/login?user=#{name}")
  end

  def get(path)
    response = @application.get(path, 'HTTP_COOKIE' => @cookie.to_s)
    set = response['Set-Cookie']
    @cookie = set.split(';').first if set
    response.body
  end

  def alive?
    !get('/user').empty?
  end
end

for_visitors = application(SHORT)
for_users = application(LONG)
visitors = Array.new(80) { |i| User.new(for_visitors, "visitor-#{i}") }
users = Array.new(420) { |i| User.new(for_users, "user-#{i}") }
leavers = users.shift(120).each { |user| user.get('/logout') }
guests = LIBRARY == 'rails' ? leavers : []
users.first(30).each { |user| user.get('/rotate') }
sleep SHORT + 0.2
alive = (visitors + users + guests).count(&:alive?)
# Each visitor who asked was given a new session, which nobody uses.
sleep SHORT + 0.2
puts alive
