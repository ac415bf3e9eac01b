// Renders results with Allure 3 and judges them by its quality gate in one go: `allure generate` never asks the gate,
// and `allure quality-gate` never shows its answer in the report.
//   node render.mjs CONFIG RESULTS
// prints the rules of the gate, with whether each was kept, as one line of JSON.

import { AllureReport, readConfig } from "@allurereport/core";

const [configFile, results] = process.argv.slice(2);
const report = new AllureReport(await readConfig(process.cwd(), configFile));
await report.start();
await report.readDirectory(results);
const scenarios = await report.store.allTestResults({ includeRetries: false });
const { results: rules } = await report.validate({ trs: scenarios });
report.realtimeDispatcher.sendQualityGateResults(rules);
await report.done();
console.log(JSON.stringify(rules.map(({ rule, success, expected, actual }) => ({ rule, success, expected, actual }))));
