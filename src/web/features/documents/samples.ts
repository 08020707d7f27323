/** Of a museum that is not there, in three short texts that speak of one another. */
export const SAMPLES = {
  file_sources: ['museum-history.md', 'museum-visiting.md', 'museum-ships.md'],
  texts: [
    '# The Harbour Museum\n\nThe Harbour Museum stands in the old customs house of Norvik. Ada Lindqvist founded it in 1921, when the last sailing ships left the harbour. Her collection of four hundred ship models became its first exhibition.\n\nSince 1998 the museum belongs to the city of Norvik. Its director is Jonas Berg, who had written a history of the harbour before.',
    '# Visiting\n\nThe Harbour Museum is open from Tuesday to Sunday, from 10:00 to 17:00. On the first Thursday of a month it stays open until 21:00. Admission is 90 crowns; children under 16 enter free.\n\nGuided tours in English begin at 11:30 on Saturdays. The cafe in the tower serves lunch until 15:00.',
    '# The ships\n\nThree ships lie at the quay of the Harbour Museum: the Solveig, a herring drifter of 1907; the Aurora, an icebreaker of 1936; and the pilot boat Teresa. The Aurora still sails once a year, in May, when the harbour of Norvik opens its season.\n\nThe Solveig was restored by volunteers between 2009 and 2014. Jonas Berg led the work on her rig.',
  ],
}
