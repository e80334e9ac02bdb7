/** Work that no call waits for. An error in it is reported, and does not stop the work for good. */
@NullMarked
package io.github.redissessionscaler.background;

import org.jspecify.annotations.NullMarked;
