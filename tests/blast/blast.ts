import type { Attack } from './attack.ts'
import { type BlastSettings, type Played, playAttack, playHonestly } from './play-attack.ts'

export const MOST_HOLD_MS = 50
export const MOST_RATIO = 1.5

export interface BlastLine {
  readonly kind: string
  readonly attack: Attack
  readonly attacked: Played
  /** Undefined when nothing is compared. */
  readonly control: Played | undefined
  /** What is not as it should be, in words. */
  readonly faults: readonly string[]
}

/** Plays an attack, then the same load of an honest tenant, and compares. */
export async function blast(
  settings: BlastSettings,
  kind: string,
  attack: Attack,
): Promise<BlastLine> {
  const attacked = await playAttack(settings, attack)
  const control = await playHonestly(settings, attack, attacked.cpuPerSecond)
  return { kind, attack, attacked, control, faults: faultsOf(attacked, control) }
}

export function ratioOf({ attacked, control }: Pick<BlastLine, 'attacked' | 'control'>): number {
  return control === undefined ? 0 : attacked.others.p99 / control.others.p99
}

export function faultsOf(attacked: Played, control: Played | undefined): string[] {
  const { others, holds, up, answers } = attacked
  const faults: string[] = []
  if (answers.length === 0) faults.push('the attack was not played')
  if (!up) faults.push('the front ended')
  if (others.failed > 0) faults.push(`${others.failed} requests of others failed`)
  if (holds.ownMs > MOST_HOLD_MS) faults.push(`the front stood still for ${ms(holds.ownMs)}`)
  const ratio = ratioOf({ attacked, control })
  if (control !== undefined && control.others.failed > 0) {
    faults.push(`${control.others.failed} failed in the control`)
  }
  if (ratio > MOST_RATIO) faults.push(`others waited ${ratio.toFixed(1)} times as long`)
  return faults
}

function ms(time: number): string {
  return `${Math.round(time)} ms`
}
