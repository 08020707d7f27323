/** Asked before something is written, so that a disk is never filled to its last byte. */
export interface Room {
  /**
   * For what is taken in from outside.
   *
   * @param bytes about to be written; 0 asks whether anything may come
   * @throws {EngineError} `storage_full`
   */
  forIntake(bytes: number): Promise<void>
  /**
   * For the work on what was taken in. What gives something back, such as a deletion, asks nobody.
   *
   * @throws {EngineError} `storage_full`
   */
  forWork(): Promise<void>
}
