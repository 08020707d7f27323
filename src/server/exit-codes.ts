/**
 * How the program ends, beside 0 when what was asked is done, and 1 when it is not, or when what was
 * looked at is not as it should be. Those above 64 are the numbers of `sysexits.h`.
 */
export const EXIT = {
  /** The words of the command line are not understood. */
  usage: 2,
  /** Another process is at it: the same may be done later. */
  inUse: 75,
  /** The configuration is refused: to start again changes nothing. */
  configuration: 78,
} as const
