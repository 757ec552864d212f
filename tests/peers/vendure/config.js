// A Vendure shop for tests: loopback only, its database one file beside this one.
const fs = require("fs");
const path = require("path");
const {
    DefaultJobQueuePlugin,
    DefaultLogger,
    LogLevel,
    dummyPaymentHandler,
} = require("@vendure/core");
const {SuiteWebhookPlugin} = require("./vendure-plugin");

const database = path.join(__dirname, "shop.sqljs");

exports.config = {
    apiOptions: {
        hostname: "127.0.0.1",
        port: Number(process.env.PORT),
        cors: false,
        adminApiPath: "admin-api",
        shopApiPath: "shop-api",
    },
    authOptions: {
        tokenMethod: ["bearer", "api-key"],
        requireVerification: false,
        superadminCredentials: {identifier: "seller", password: "only-for-tests"},
    },
    dbConnectionOptions: {
        type: "sqljs",
        autoSave: true,
        // whole or not at all: the tests kill the server at any moment
        autoSaveCallback: (content) => {
            fs.writeFileSync(`${database}.new`, content);
            fs.renameSync(`${database}.new`, database);
        },
        location: database,
        synchronize: true,
        logging: false,
    },
    paymentOptions: {paymentMethodHandlers: [dummyPaymentHandler]},
    importExportOptions: {importAssetsDir: __dirname},
    logger: new DefaultLogger({level: LogLevel.Info, timestamp: false}),
    plugins: [DefaultJobQueuePlugin.init({pollInterval: 250}), SuiteWebhookPlugin],
};
