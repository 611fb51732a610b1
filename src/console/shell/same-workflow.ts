/** The search part of an address within the console: the workflow goes along, what belongs to the old page does not. */
export function sameWorkflow({ workflow }: { workflow?: string }): { workflow?: string } {
  return workflow === undefined ? {} : { workflow };
}
