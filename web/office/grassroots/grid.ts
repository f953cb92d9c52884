/** Published demands by place and field, as /api/office/grassroots/demands/grid counts them. */
export interface Cell { region: string; region_name: string; field: string; demands: number; places: number }
export interface Grid {
  fields: { name: string; demands: number }[]
  rows: { region: string; name: string; demands: number; cells: (Cell | null)[] }[]
  demands: number
}

const sum = (cells: Cell[]): number => cells.reduce((total, one) => total + one.demands, 0)

/** A row for each place, a column for each field that is asked for at all; those with most demands first. */
export function gridOf(cells: Cell[]): Grid {
  const most = <One extends { demands: number }>(ones: One[]): One[] => [...ones].sort((one, other) => other.demands - one.demands)
  const fields = most([...new Set(cells.map((one) => one.field))].map((name) => ({ name, demands: sum(cells.filter((one) => one.field === name)) })))
  const rows = most([...new Set(cells.map((one) => one.region))].map((region) => {
    const here = cells.filter((one) => one.region === region)
    return { region, name: here[0]!.region_name, demands: sum(here), cells: fields.map((field) => here.find((one) => one.field === field.name) ?? null) }
  }))
  return { fields, rows, demands: sum(cells) }
}
