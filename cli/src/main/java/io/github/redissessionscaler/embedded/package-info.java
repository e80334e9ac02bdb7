/** The private redis-server of {@code serve --embedded-redis} and {@code demo}. */
@NullMarked
package io.github.redissessionscaler.embedded;

import org.jspecify.annotations.NullMarked;
