/** What a text has in it, with the kind of a job behind it, for which that job goes wrong. */
export const PLANTED = {
  spin: 'PlantedSpin',
  growth: 'PlantedGrowth',
  refusal: 'PlantedRefusal',
} as const

const SENTENCE = 'Ann Lee of Barrow Bank met Bo Yi in Zurich, and they spoke of Project Falcon. '

/** A text that is worked on apart. */
export function longText(planted = '', length = 33_000): string {
  return `${planted} ${SENTENCE.repeat(length / SENTENCE.length)}`
}
