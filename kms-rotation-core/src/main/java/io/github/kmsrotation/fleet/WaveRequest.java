package io.github.kmsrotation.fleet;

/**
 * What a {@link WaveApprover} is asked: may this wave begin?
 *
 * @param wave the wave, counted from 1; never the first, which needs no approval
 * @param soFar what became of the waves before it
 */
public record WaveRequest(int wave, FleetReport soFar) {}
