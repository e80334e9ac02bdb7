package io.github.redissessionscaler.activity;

import java.time.Duration;

/**
 * When things are pushed.
 *
 * @param heartbeat how long after its last message an active stream repeats it
 * @param poll how often Redis is asked while nothing hints at a change
 * @param answerTimeout how long one read may take
 */
public record PushSettings(Duration heartbeat, Duration poll, Duration answerTimeout) {}
