# Logs users in and out, by requests to an application that keeps its sessions in Redis by redis-rack.
# usage: ruby sessions.rb redis-rack PORT; the last line that it prints is the number of sessions that live.
require 'rack'
require 'rack/mock'
require 'rack/session/redis'

PORT = ARGV.fetch(1)
SHORT = 1
LONG = 1800

def application(lifetime)
  answer = lambda do |env|
    request = Rack::Request.new(env)
    session = request.session
    case request.path_info
    when '/login' then session['user'] = request.params['user']
    when '/rotate' then session.options[:renew] = true
    when '/logout' then session.options[:drop] = true
    end
    [200, {}, [session['user'].to_s]]
  end
  server = "redis://127.0.0.1:#{PORT}/0/rack:session"
  Rack::MockRequest.new(Rack::Session::Redis.new(answer, redis_server: server, expire_after: lifetime))
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
users.shift(120).each { |user| user.get('/logout') }
users.first(30).each { |user| user.get('/rotate') }
sleep SHORT + 0.2
alive = (visitors + users).count(&:alive?)
# Each visitor who asked was given a new session, which nobody uses.
sleep SHORT + 0.2
puts alive
