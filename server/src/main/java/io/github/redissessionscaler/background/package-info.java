/** Work that no call waits for: it is run so that nothing that it throws ends it for good, or goes unseen. */
@NullMarked
package io.github.redissessionscaler.background;

import org.jspecify.annotations.NullMarked;
