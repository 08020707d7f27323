/** A moment as RAGFlow writes it, in UTC. */
export function ragflowDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19)
}

export function deltaSeconds(now: number, ms: number): number {
  return Math.max(0, (now - ms) / 1000)
}
