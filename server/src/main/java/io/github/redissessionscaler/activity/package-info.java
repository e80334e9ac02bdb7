/** What is pushed to KEDA, and when. */
@NullMarked
package io.github.redissessionscaler.activity;

import org.jspecify.annotations.NullMarked;
