import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import {NO_COLOR, colorKey, makeLegend} from "./colors";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const LOOK = {radius: 8, weight: 2, color: "#ffffff", fillOpacity: 0.9};

/** Members of the network on a map: coloured, clustered, one click from their form. */
export class DistributionMap extends Component {
    static template = "distribution.Map";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.mapRef = useRef("map");
        this.display = {controlPanel: {}};
        this.state = useState({
            level: 0,
            territory: 0,
            status: "",
            colorBy: "state",
            shown: 0,
            total: 0,
            unplaced: 0,
            noTiles: false,
            busy: true,
        });
        onWillStart(async () => {
            this.settings = await this.orm.call(
                "distribution.member",
                "get_map_settings",
                []
            );
        });
        onMounted(() => this.start());
        onWillUnmount(() => this.map && this.map.remove());
    }

    get legend() {
        const choices = {
            state: this.settings.states,
            level_id: this.settings.levels,
            class_id: this.settings.classes,
        };
        return makeLegend(choices[this.state.colorBy], this.state.colorBy);
    }

    async start() {
        const leaflet = window.L;
        this.map = leaflet.map(this.mapRef.el, {preferCanvas: false, maxZoom: 19});
        this.map.setView([16, 106], 5);
        if (this.settings.tile_url) {
            leaflet
                .tileLayer(this.settings.tile_url, {
                    attribution: this.settings.tile_credit,
                    maxZoom: 19,
                })
                .on("tileerror", () => (this.state.noTiles = true))
                .on("tileload", () => (this.state.noTiles = false))
                .addTo(this.map);
        }
        this.markers = leaflet.markerClusterGroup({
            maxClusterRadius: 40,
            disableClusteringAtZoom: 15,
            spiderfyOnMaxZoom: true,
        });
        this.map.addLayer(this.markers);
        await this.load();
    }

    async load() {
        this.state.busy = true;
        // an answer that comes late must not replace a newer one
        const turn = (this.turn = (this.turn || 0) + 1);
        const found = await this.orm.call(
            "distribution.member",
            "get_map_members",
            [],
            {
                level_id: this.state.level || false,
                territory_id: this.state.territory || false,
                state: this.state.status || false,
            }
        );
        if (turn !== this.turn || !this.mapRef.el) {
            return;
        }
        this.members = found.members;
        Object.assign(this.state, {
            busy: false,
            shown: found.members.length,
            total: found.total,
            unplaced: found.unplaced,
        });
        this.draw();
        if (found.members.length) {
            this.map.fitBounds(this.markers.getBounds().pad(0.1), {maxZoom: 14});
        }
    }

    draw() {
        const field = this.state.colorBy;
        const colors = new Map(this.legend.map((entry) => [entry.key, entry.color]));
        this.markers.clearLayers();
        this.markers.addLayers(
            this.members.map((member) => {
                const marker = window.L.circleMarker(
                    [member.latitude, member.longitude],
                    {
                        ...LOOK,
                        fillColor: colors.get(colorKey(member, field)) || NO_COLOR,
                    }
                );
                // made when opened: thousands of popups would cost more than the map
                return marker.bindPopup(() => this.makePopup(member));
            })
        );
    }

    makePopup(member) {
        const box = document.createElement("div");
        const add = (tag, text, className) => {
            if (text) {
                const node = document.createElement(tag);
                node.textContent = text;
                node.className = className || "";
                box.append(node);
                return node;
            }
        };
        add("strong", member.name, "d-block");
        const name = (pair) => (pair ? pair[1] : "");
        add(
            "div",
            [member.code, name(member.level_id), name(member.class_id)]
                .filter(Boolean)
                .join(" · "),
            "text-muted"
        );
        add("div", [member.street, member.city].filter(Boolean).join(", "));
        add("div", member.phone);
        const states = new Map(this.settings.states);
        add("div", states.get(member.state));
        const button = add(
            "button",
            _t("Open the Member"),
            "btn btn-sm btn-primary mt-2"
        );
        button.addEventListener("click", () =>
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "distribution.member",
                res_id: member.id,
                views: [[false, "form"]],
            })
        );
        return box;
    }

    onFilter(name, event) {
        const value = event.target.value;
        this.state[name] = name === "status" ? value : Number(value);
        return this.load();
    }

    onColorBy(event) {
        this.state.colorBy = event.target.value;
        this.draw();
    }
}

registry.category("actions").add("distribution_map", DistributionMap);
