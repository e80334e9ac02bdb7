/** The external scaler as KEDA calls it. */
@NullMarked
package io.github.redissessionscaler.grpc;

import org.jspecify.annotations.NullMarked;
