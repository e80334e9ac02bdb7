/** What may use what. */
@NullMarked
package io.github.redissessionscaler.architecture;

import org.jspecify.annotations.NullMarked;
