/** The gRPC API that KEDA calls. */
@NullMarked
package io.github.redissessionscaler.grpc;

import org.jspecify.annotations.NullMarked;
