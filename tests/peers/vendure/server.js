// node server.js [--populate]
const path = require("path");
const {bootstrap, JobQueueService} = require("@vendure/core");
const {populate} = require("@vendure/core/cli");
const {config} = require("./config");

async function main() {
    const app = process.argv.includes("--populate")
        ? await populate(
              () => bootstrap(config),
              require("./initial-data.json"),
              path.join(__dirname, "products.csv")
          )
        : await bootstrap(config);
    await app.get(JobQueueService).start();
    console.log("READY");
    for (const signal of ["SIGINT", "SIGTERM"]) {
        process.on(signal, () => app.close().then(() => process.exit(0)));
    }
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
