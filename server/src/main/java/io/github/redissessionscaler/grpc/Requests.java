package io.github.redissessionscaler.grpc;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses messages that are not protobuf as null, so that {@link CallLimits} refuses them. gRPC itself logs a stack trace
 * for each. Fields that a message does not have are skipped: each would take forty times its bytes.
 */
final class Requests {

    /** More entries of metadata than a trigger may have are held until the call ends, if its client does not end it. */
    private static final int USUAL_ENTRIES = 64;

    private static final int BYTES_OF_AN_ENTRY = 128;

    /** A kind of message, and its parser. */
    private record KnownMessage<T>(Class<T> type, Parser<? extends Message> parser) {
        T parse(InputStream stream) throws IOException {
            byte[] bytes =
                    stream instanceof KnownLength ? stream.readNBytes(stream.available()) : stream.readAllBytes();
            return type.cast(parser.parseFrom(bytes));
        }
    }

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

    /**
     * The memory that a message takes, in bytes: about its own, but each entry of a map takes much more, of which requests have
     * few.
     */
    static int memory(@Nullable Object message) {
        return switch (message) {
            case GetMetricsRequest request -> memory(request, request.getScaledObjectRef());
            case ScaledObjectRef trigger -> memory(trigger, trigger);
            case MessageLite other -> other.getSerializedSize();
            case null, default -> 0;
        };
    }

    private static int memory(MessageLite message, ScaledObjectRef trigger) {
        int more = Math.max(0, trigger.getScalerMetadataCount() - USUAL_ENTRIES);
        return message.getSerializedSize() + more * BYTES_OF_AN_ENTRY;
    }

    private static final class Lenient<T> implements Marshaller<T> {

        private final Marshaller<T> strict;
        private final Optional<KnownMessage<T>> known;

        Lenient(Marshaller<T> strict) {
            this.strict = strict;
            known = strict instanceof PrototypeMarshaller<T> marshaller
                            && marshaller.getMessagePrototype() instanceof Message prototype
                    ? Optional.of(new KnownMessage<>(
                            marshaller.getMessageClass(),
                            DiscardUnknownFieldsParser.wrap(prototype.getParserForType())))
                    : Optional.empty();
        }

        @Override
        public InputStream stream(T value) {
            return strict.stream(value);
        }

        @Override
        public @Nullable T parse(InputStream stream) {
            try {
                return known.isPresent() ? known.get().parse(stream) : strict.parse(stream);
            } catch (StatusRuntimeException | IOException e) {
                return null;
            }
        }
    }
}
