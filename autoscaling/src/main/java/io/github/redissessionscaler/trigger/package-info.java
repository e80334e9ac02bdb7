/** Trigger metadata, parsed once into typed records. */
@NullMarked
package io.github.redissessionscaler.trigger;

import org.jspecify.annotations.NullMarked;
