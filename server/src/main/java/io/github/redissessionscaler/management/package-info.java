/** HTTP for people and machines that watch the scaler. */
@NullMarked
package io.github.redissessionscaler.management;

import org.jspecify.annotations.NullMarked;
