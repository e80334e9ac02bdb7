/** Real servers for the tests: started, hurt and ended by them. */
@NullMarked
package io.github.redissessionscaler.testing;

import org.jspecify.annotations.NullMarked;
