/** What to answer while Redis is silent. */
@NullMarked
package io.github.redissessionscaler.outage;

import org.jspecify.annotations.NullMarked;
