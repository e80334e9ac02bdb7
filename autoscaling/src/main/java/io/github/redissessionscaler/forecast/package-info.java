/** Forecasts of the number of sessions some minutes ahead, from past readings. Pure: time comes with each call. */
@NullMarked
package io.github.redissessionscaler.forecast;

import org.jspecify.annotations.NullMarked;
