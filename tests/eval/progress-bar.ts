const LENGTH = 32

/** A bar on standard error, redrawn in place on a terminal and silent elsewhere. */
export function progressBar(label: string, total: number): (done: number) => void {
  return (done) => {
    if (!process.stderr.isTTY) return
    const filled = Math.min(LENGTH, Math.round((done / total) * LENGTH))
    const bar = '█'.repeat(filled) + '░'.repeat(LENGTH - filled)
    process.stderr.write(`\r  ${bar} ${done}/${total} ${label}${done >= total ? '\n' : ''}`)
  }
}
