/** Values that users write: parsing and formatting them, and the problems found in them. */
@NullMarked
package io.github.redissessionscaler.input;

import org.jspecify.annotations.NullMarked;
