{
    "name": "After-Sales Settlement",
    "summary": "Claims, automatic audit, station scores, settlement and vendor bills",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/After-Sales",
    "author": "After-Sales Platform Team",
    "depends": ["aftersales_service", "account"],
    "data": [],
    "demo": [],
}
