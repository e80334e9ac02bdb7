/** Tokens by which the scaler proves to Redis who it is, in place of passwords. */
@NullMarked
package io.github.redissessionscaler.identity;

import org.jspecify.annotations.NullMarked;
