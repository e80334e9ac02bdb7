// Command layouts logs users in and out, over HTTP, of an application that keeps its sessions in Redis by the library that is
// named.
//
// Usage: layouts LIBRARY PORT; the last line that it prints is the number of sessions that live.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"time"

	"github.com/alexedwards/scs/redisstore"
	"github.com/alexedwards/scs/v2"
	ginsessions "github.com/gin-contrib/sessions"
	ginredis "github.com/gin-contrib/sessions/redis"
	"github.com/gin-gonic/gin"
	"github.com/gomodule/redigo/redis"
	oauth2options "github.com/oauth2-proxy/oauth2-proxy/v7/pkg/apis/options"
	oauth2sessions "github.com/oauth2-proxy/oauth2-proxy/v7/pkg/apis/sessions"
	oauth2redis "github.com/oauth2-proxy/oauth2-proxy/v7/pkg/sessions/redis"
)

const (
	short = time.Second
	long  = 30 * time.Minute
)

var libraries = map[string]func(address string, lifetime time.Duration) http.Handler{
	"scs":          withSCS,
	"gin":          withGin,
	"oauth2-proxy": withOAuth2Proxy,
}

func withSCS(address string, lifetime time.Duration) http.Handler {
	manager := scs.New()
	manager.Lifetime = lifetime
	manager.Store = redisstore.New(&redis.Pool{
		MaxIdle: 4,
		Dial:    func() (redis.Conn, error) { return redis.Dial("tcp", address) },
	})
	routes := http.NewServeMux()
	routes.HandleFunc("/login", func(_ http.ResponseWriter, r *http.Request) {
		manager.Put(r.Context(), "user", r.FormValue("user"))
	})
	routes.HandleFunc("/rotate", func(_ http.ResponseWriter, r *http.Request) {
		must(manager.RenewToken(r.Context()))
	})
	routes.HandleFunc("/logout", func(_ http.ResponseWriter, r *http.Request) {
		must(manager.Destroy(r.Context()))
	})
	routes.HandleFunc("/user", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, manager.GetString(r.Context(), "user"))
	})
	return manager.LoadAndSave(routes)
}

func withGin(address string, lifetime time.Duration) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	store, err := ginredis.NewStore(4, "tcp", address, "", "", []byte("a key of thirty-two characters.."))
	must(err)
	store.Options(ginsessions.Options{Path: "/", MaxAge: int(lifetime.Seconds())})
	app := gin.New()
	app.Use(ginsessions.Sessions("session", store))
	app.GET("/login", func(c *gin.Context) {
		session := ginsessions.Default(c)
		session.Set("user", c.Query("user"))
		must(session.Save())
	})
	app.GET("/logout", func(c *gin.Context) {
		session := ginsessions.Default(c)
		session.Options(ginsessions.Options{Path: "/", MaxAge: -1})
		must(session.Save())
	})
	app.GET("/user", func(c *gin.Context) {
		user, _ := ginsessions.Default(c).Get("user").(string)
		c.String(http.StatusOK, user)
	})
	return app
}

// The session store of oauth2-proxy, which it fills when its identity provider has answered.
func withOAuth2Proxy(address string, lifetime time.Duration) http.Handler {
	store, err := oauth2redis.NewRedisSessionStore(
		&oauth2options.SessionOptions{Redis: oauth2options.RedisStoreOptions{ConnectionURL: "redis://" + address}},
		&oauth2options.Cookie{
			Name:   "_oauth2_proxy",
			Secret: "a key of thirty-two characters..",
			Path:   "/",
			Expire: lifetime,
		})
	must(err)
	routes := http.NewServeMux()
	routes.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		must(store.Save(w, r, &oauth2sessions.SessionState{User: r.FormValue("user"), CreatedAt: &now}))
	})
	routes.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		must(store.Clear(w, r))
	})
	routes.HandleFunc("/user", func(w http.ResponseWriter, r *http.Request) {
		if session, err := store.Load(r); err == nil {
			fmt.Fprint(w, session.User)
		}
	})
	return routes
}

// A browser: it remembers the cookies of one user.
type browser struct {
	application string
	client      *http.Client
}

func login(application *httptest.Server, user string) *browser {
	jar, err := cookiejar.New(nil)
	must(err)
	b := &browser{application.URL, &http.Client{Jar: jar}}
	b.get("/login?user=" + user)
	return b
}

func (b *browser) get(path string) (int, string) {
	response, err := b.client.Get(b.application + path)
	must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(err)
	return response.StatusCode, string(body)
}

// rotate gives the user another id, or another session where the library has no other way.
func (b *browser) rotate() {
	if status, _ := b.get("/rotate"); status == http.StatusNotFound {
		b.get("/logout")
		b.get("/login?user=rotated")
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	library, address := libraries[os.Args[1]], "127.0.0.1:"+os.Args[2]
	ofVisitors := httptest.NewServer(library(address, short))
	ofUsers := httptest.NewServer(library(address, long))
	var all []*browser
	for i := range 80 {
		all = append(all, login(ofVisitors, fmt.Sprint("visitor-", i)))
	}
	for i := range 420 {
		user := login(ofUsers, fmt.Sprint("user-", i))
		if i < 120 {
			user.get("/logout")
			continue
		}
		if i < 150 {
			user.rotate()
		}
		all = append(all, user)
	}
	time.Sleep(short + 200*time.Millisecond)
	alive := 0
	for _, one := range all {
		if _, user := one.get("/user"); user != "" {
			alive++
		}
	}
	fmt.Println(alive)
}
