def test_smoke(vendure):
    print(vendure.make_key())
    done = vendure.shopper().order({"TS-M-BLK": 2, "BTL-750": 1})
    print(done)
    import time; time.sleep(1)
    print(vendure.hooks.requests)
