/** What the doctor has found. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'warn' | 'bad'
  readonly text: string
}

export const ok = (text: string): Finding => ({ level: 'ok', text })
export const note = (text: string): Finding => ({ level: 'note', text })
export const warn = (text: string): Finding => ({ level: 'warn', text })
export const bad = (text: string): Finding => ({ level: 'bad', text })
