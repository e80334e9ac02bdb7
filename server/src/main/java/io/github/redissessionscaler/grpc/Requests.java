package io.github.redissessionscaler.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses messages that are not protobuf as null, so that {@link CallLimits} refuses them. gRPC itself logs a stack trace
 * for each.
 */
final class Requests {

    private Requests() {}

    static ServerServiceDefinition lenient(ServerServiceDefinition service) {
        ServiceDescriptor original = service.getServiceDescriptor();
        var descriptor =
                ServiceDescriptor.newBuilder(original.getName()).setSchemaDescriptor(original.getSchemaDescriptor());
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        service.getMethods().forEach(method -> methods.add(lenient(method)));
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        var built = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(built::addMethod);
        return built.build();
    }

    private static <Q, R> ServerMethodDefinition<Q, R> lenient(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                descriptor.toBuilder(
                                new Lenient<>(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
                        .build(),
                method.getServerCallHandler());
    }

    private record Lenient<T>(Marshaller<T> strict) implements Marshaller<T> {

        @Override
        public InputStream stream(T value) {
            return strict.stream(value);
        }

        @Override
        public @Nullable T parse(InputStream stream) {
            try {
                return strict.parse(stream);
            } catch (StatusRuntimeException e) {
                return null;
            }
        }
    }
}
