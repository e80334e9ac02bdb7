// A scaler that does what the original Go sample does: PING and DBSIZE for each value, with grpc-go and go-redis. The benchmark
// `polls` compares the scaler with it. The package externalscaler is made from proto/src/main/proto/externalscaler.proto by protoc-gen-go.
package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"redis-session-scaler/benchmarks/go-sample/externalscaler"
)

const target = 100

type scaler struct{ client *redis.Client }

func (s *scaler) size(ctx context.Context) (int64, error) {
	if err := s.client.Ping(ctx).Err(); err != nil {
		return 0, err
	}
	return s.client.DBSize(ctx).Result()
}

func (s *scaler) isActive(ctx context.Context, _ *externalscaler.ScaledObjectRef) (*externalscaler.IsActiveResponse, error) {
	size, err := s.size(ctx)
	if err != nil {
		return nil, err
	}
	return &externalscaler.IsActiveResponse{Result: size > 0}, nil
}

func (s *scaler) getMetricSpec(context.Context, *externalscaler.ScaledObjectRef) (*externalscaler.GetMetricSpecResponse, error) {
	return &externalscaler.GetMetricSpecResponse{
		MetricSpecs: []*externalscaler.MetricSpec{{MetricName: "session_size", TargetSizeFloat: target}},
	}, nil
}

func (s *scaler) getMetrics(ctx context.Context, _ *externalscaler.GetMetricsRequest) (*externalscaler.GetMetricsResponse, error) {
	size, err := s.size(ctx)
	if err != nil {
		return nil, err
	}
	return &externalscaler.GetMetricsResponse{
		MetricValues: []*externalscaler.MetricValue{{MetricName: "session_size", MetricValueFloat: float64(size)}},
	}, nil
}

// unary describes a method as the code generator of grpc-go does.
func unary[Q, A any](name string, method func(*scaler, context.Context, *Q) (*A, error)) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name, Handler: func(server any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		request := new(Q)
		if err := decode(request); err != nil {
			return nil, err
		}
		return method(server.(*scaler), ctx, request)
	}}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "name the address of Redis")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "externalscaler.ExternalScaler",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			unary("IsActive", (*scaler).isActive),
			unary("GetMetricSpec", (*scaler).getMetricSpec),
			unary("GetMetrics", (*scaler).getMetrics),
		},
	}, &scaler{client: redis.NewClient(&redis.Options{Addr: os.Args[1]})})
	fmt.Printf("Ready: gRPC on 127.0.0.1:%d\n", listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
