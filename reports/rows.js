// pytest-html draws its table from data. Here the rows of the page are that data: they are read without scripts as well.
{
  const columns = ['result', 'topic', 'fact', 'clause']
  const outcomes = [...document.querySelectorAll('input.filter')].map((box) => box.dataset.testResult)
  const named = (check) => Object.assign(document.createElement('p'), { className: 'check', textContent: check })
  const rows = [...document.querySelectorAll('#results-table > tbody')].map((body) => {
    const [cells, [details]] = [...body.rows, { cells: [] }].map((row) => [...row.cells])
    cells.forEach((cell, column) => cell.classList.add(`col-${columns[column]}`))
    const [, topic, fact, clause] = cells.map((cell) => cell.textContent)
    return {
      testId: body.id,
      result: body.className,
      seriousness: outcomes.indexOf(body.className),
      topic,
      fact,
      clause,
      resultsTableRow: cells.map((cell) => cell.outerHTML),
      tableHtml: [(details?.innerHTML ?? '') + named(body.id).outerHTML],
    }
  })
  const { dataset } = document.getElementById('data-container')
  dataset.jsonblob = JSON.stringify({ ...JSON.parse(dataset.jsonblob), tests: { rows } })
}
