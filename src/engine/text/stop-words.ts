/**
 * Words that carry grammar rather than matter. A question asks with them and almost every passage
 * holds them, so they are left out of search terms.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above after again against all along also although am among an and another any are around as at ' +
    'be became because become been before being below between both but by came can cannot come could ' +
    'did do does doing done down during each either else ever every few for from further gave get gets ' +
    'give given go goes got had has have having he her here hers herself him himself his how however i ' +
    'if in into is it its itself just least less let like made make many may me might more most much ' +
    'must my myself near neither no nor not now of off often on once one only onto or other our ours ' +
    'ourselves out over own per rather same see seen she should since so some such than that the their ' +
    'theirs them themselves then there these they this those though through thus to too toward towards ' +
    'two under until up upon us use used very via was we well were what when where whether which while ' +
    'who whom whose why will with within without would yes yet you your yours yourself yourselves ' +
    'don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ll ve re s t d m'
  ).split(' '),
)
