/** A day in the life of a web application, its Redis, the scaler, and a stand-in for KEDA and the HPA, in a few minutes. */
@NullMarked
package io.github.redissessionscaler.demo;

import org.jspecify.annotations.NullMarked;
