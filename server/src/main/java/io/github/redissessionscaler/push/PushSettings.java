package io.github.redissessionscaler.push;

import java.time.Duration;

/**
 * Intervals of pushing.
 *
 * @param heartbeat how long after its last message an active stream repeats it
 * @param pollMin shortest interval of polls while no keyspace events arrive
 * @param pollMax longest interval of polls
 * @param answerTimeout time limit of one read
 */
public record PushSettings(Duration heartbeat, Duration pollMin, Duration pollMax, Duration answerTimeout) {}
