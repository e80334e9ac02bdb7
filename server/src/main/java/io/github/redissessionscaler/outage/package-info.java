/** What to answer while Redis is unavailable. */
@NullMarked
package io.github.redissessionscaler.outage;

import org.jspecify.annotations.NullMarked;
