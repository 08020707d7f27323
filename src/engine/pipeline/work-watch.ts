/** What a document is in, in this order; each is durable before its work begins. */
export type Step = 'read' | 'extract' | 'embed' | 'merge' | 'store'

/**
 * Tells the host what is in work and asks what became of those who had it in work before: whose
 * process ended by its own fault, or stood still, did so by that work.
 */
export interface WorkWatch {
  /** Of this process; kept with each document that it takes up. */
  readonly life: string
  /**
   * Call this before the work; resolves when it may begin. What is under suspicion is in work
   * alone among its kind, so that the next time it is clear who was it.
   *
   * @throws the reason of `signal` when it fires before
   */
  begin(documentId: string, isSuspect: boolean, signal: AbortSignal): Promise<WorkInHand>
  /**
   * How the process of an earlier life ended, when that counts against this document, which it had in
   * work; null when somebody ended it from outside while it was going about its business.
   */
  blame(life: string, documentId: string): Promise<string | null>
}

export interface WorkInHand {
  /** Says which step begins. */
  step(step: Step): void
  end(): void
}

/** Of a host that watches nothing. */
export const NO_WATCH: WorkWatch = {
  life: '',
  begin: async () => ({ step: () => undefined, end: () => undefined }),
  blame: async () => null,
}
