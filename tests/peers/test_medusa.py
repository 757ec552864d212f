def test_smoke(medusa):
    order = medusa.shopper().order({"MTS-M": 2})
    print(order["id"])
