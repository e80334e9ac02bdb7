/** A private redis-server for a first look, a demo and the tests. */
@NullMarked
package io.github.redissessionscaler.embedded;

import org.jspecify.annotations.NullMarked;
