/** The external scaler as KEDA sees it, the only user of gRPC. */
@NullMarked
package io.github.redissessionscaler.grpc;

import org.jspecify.annotations.NullMarked;
